import type { World } from '../core/world.js';
import { googleCredentials } from './authority.js';

interface Condition {
  readonly ipSubnetworks?: readonly string[];
  readonly negate?: boolean;
  readonly regions?: readonly string[];
}
export interface AccessLevel {
  readonly name: string;
  readonly title: string;
  readonly basic: { readonly combiningFunction?: string; readonly conditions: readonly Condition[] };
}

/** The levels of a tenant as an administrator made them: the deny list, still empty but for its seed, and the organisation's own way out. */
export function accessLevelsOf(world: World): readonly AccessLevel[] {
  const { blockLevel } = googleCredentials(world);
  const own = world.scenario.ownEgress.map((key) => `${world.ip(key)}/32`);
  return [
    {
      name: blockLevel,
      title: 'Not from blocked addresses',
      basic: { combiningFunction: 'AND', conditions: [{ ipSubnetworks: ['198.18.0.1/32'], negate: true }] },
    },
    ...(own.length === 0
      ? []
      : [
          {
            name: blockLevel.replace(/[^/]+$/, 'office'),
            title: 'Office',
            basic: { conditions: [{ ipSubnetworks: own }] },
          },
        ]),
  ];
}

/** True when a deny list holds the address. */
export function isBlocked(level: AccessLevel, address: string): boolean {
  return level.basic.conditions.some((c) => c.negate && (c.ipSubnetworks ?? []).includes(`${address}/32`));
}
