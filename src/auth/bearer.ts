/** The token of `Authorization: Bearer ...`; undefined for any other header (a proxy in front of us may have a Basic one of its own). */
export const bearerOf = (authorization: string | undefined): string | undefined => /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1]
