/**
 * Whether an id is that of a thing in the list, written otherwise. Such an id would look like one of a thing that is gone, about which
 * every act says that it holds already.
 */
export const isOtherSpelling = (id: string, ids: readonly string[]): boolean =>
  !ids.includes(id) && ids.some((known) => known.toLowerCase() === id.toLowerCase());
