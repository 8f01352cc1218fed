/** Entra's ids of its objects, whatever the case of the letters. */
export const isGuid = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

/** Spellings of one id: Entra does not look at the case of letters. */
export const isSameId = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
