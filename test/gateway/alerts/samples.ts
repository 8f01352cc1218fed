import { readFileSync } from 'node:fs';

/** The sample of a format's folder: real-shaped, and about the same person, address and hour in every format. */
export const sampleOf = (format: string): object =>
  JSON.parse(readFileSync(new URL(`../../../gateway/alerts/${format}/sample.json`, import.meta.url), 'utf8')) as object;
