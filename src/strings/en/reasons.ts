/** Why a criterion got its verdict, by reason code. Rendered as `why`, `expected` and `found`. */
export const reasons = {}
