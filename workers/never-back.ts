/**
 * The time of a process that decides by time. A clock that is set back stands still until it comes to its time again: what was refused as too
 * late stays refused. It forgets with its process.
 */
export function neverBack(clock: () => Date = () => new Date()): () => Date {
  let latest = 0;
  return () => {
    latest = Math.max(latest, clock().getTime());
    return new Date(latest);
  };
}
