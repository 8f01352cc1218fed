/** Platforms that have a simulated tenant. */
export const PLATFORMS = ['slack', 'microsoft', 'google'] as const;
export type Platform = (typeof PLATFORMS)[number];
