import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fillAlert } from '../../cli/demo/alerts.js';
import { SOURCES } from '../../cli/demo/organisation.js';
import { parseAlerts } from '../../gateway/alerts/index.js';
import { loadSituation } from '../../simulator/core/scenario.js';
import { World } from '../../simulator/core/world.js';
import { createGoogleTenant } from '../../simulator/google/index.js';
import { createMicrosoftTenant } from '../../simulator/microsoft/index.js';
import { createSlackTenant } from '../../simulator/slack/index.js';
import { expected } from './expected.js';

const FOLDER = fileURLToPath(new URL('others/', import.meta.url));
const folders = (of: string): readonly string[] =>
  readdirSync(of, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map(({ name }) => name)
    .sort();

describe.each(folders(FOLDER))('situations of another hand: %s', (hand) => {
  it.each(folders(join(FOLDER, hand)))('%s can be played, and its label read', (name) => {
    const folder = join(FOLDER, hand, name);
    const situation = loadSituation(folder);
    expect(situation.name).toBe(name);
    const world = new World(situation);
    for (const make of [createSlackTenant, createMicrosoftTenant, createGoogleTenant])
      expect(() => make(world)).not.toThrow();
    for (const { source, platform, file } of situation.alerts) {
      const sender = SOURCES.find((s) => s.name === source);
      const body = fillAlert(world, join(folder, file), platform, situation.subject, 0);
      const receivedAt = new Date().toISOString();
      expect(parseAlerts(JSON.parse(body), { source, format: sender?.format ?? 'quell', receivedAt })).toHaveLength(1);
    }
    const wanted = expected.parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));
    if (wanted.truth === 'benign') expect(wanted.verdicts).not.toContain('compromised');
  });
});
