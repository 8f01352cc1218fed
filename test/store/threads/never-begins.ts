/** A thread of the tests that is never ready. */
await new Promise(() => setInterval(() => undefined, 1_000));
export {};
