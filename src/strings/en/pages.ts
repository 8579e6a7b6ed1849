/** Words of the pages, by view. */
export const pages = {}
