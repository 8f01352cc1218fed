import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QuellError } from '../../domain/errors.js';
import { parseBody } from '../../gateway/alerts/kit/body.js';
import { detectFormat } from '../../gateway/alerts/index.js';
import { sendAlert, type AcceptedAlert } from '../../gateway/send-alert.js';
import type { World } from '../../simulator/core/world.js';
import { durationMs, type Situation } from '../../simulator/core/scenario.js';
import { SOURCES } from './organisation.js';
import type { House } from './house.js';

const BURST = 50;

/** Fills a scenario's alert file: `{{@key}}` the native id on the alert's platform, `{{@key.email}}`, `{{ip:key}}`, `{{app:key}}`, `{{at -PT5M}}`, `{{n}}`. */
export function fillAlert(
  world: World,
  path: string,
  platform: 'slack' | 'microsoft' | 'google',
  subject: string,
  n: number,
): string {
  return readFileSync(path, 'utf8').replace(/\{\{(.+?)\}\}/g, (_, expression: string) => {
    const text = expression.trim().replaceAll('@subject', `@${subject}`);
    if (text === 'n') return String(n);
    const at = /^(at|epoch) (-?P\S+)$/.exec(text);
    if (at) {
      const instant = new Date(world.startedAt.getTime() + durationMs(at[2] ?? 'PT0S'));
      return at[1] === 'at' ? instant.toISOString() : String(Math.floor(instant.getTime() / 1000));
    }
    const scoped = /^(slack|microsoft|google) (.+)$/.exec(text);
    return String(world.resolve(scoped?.[1] ?? platform, scoped?.[2] ?? text));
  });
}

/** Posts a body to the intake as the source's sender would. Errors: those of `sendAlert`. */
export async function postAlert(intake: string, source: string, secret: string, body: string): Promise<AcceptedAlert> {
  const sender = SOURCES.find((s) => s.name === source);
  if (!sender) throw new QuellError('CONFIG', `the demo has no alert source ${source}`);
  return await sendAlert(intake, sender, secret, body);
}

/** An alert file, and the source that it is raised as. */
export interface AlertFile {
  readonly path: string;
  readonly source: string;
  readonly body: string;
}

/**
 * Reads an alert file of any format; its source is the named one, else the demo's own for the format, else `siem`, whose intake
 * says what it misses. Errors: ALERT_FORMAT for what cannot be read or is no JSON, CONFIG for a source that the demo has not.
 */
export function readAlertFile(path: string, named?: string): AlertFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new QuellError('ALERT_FORMAT', `${path} cannot be read.`);
  }
  const format = detectFormat(parsed(path, bytes));
  const source = named ?? SOURCES.find((s) => s.format === format)?.name ?? 'siem';
  if (!SOURCES.some((s) => s.name === source))
    throw new QuellError(
      'CONFIG',
      `There is no source ${source}. There are: ${SOURCES.map((s) => s.name).join(', ')}.`,
    );
  return { path, source, body: bytes.toString('utf8') };
}

function parsed(path: string, bytes: Buffer): object {
  try {
    return parseBody(bytes);
  } catch (error) {
    throw new QuellError(
      'ALERT_FORMAT',
      `${path} is no alert: ${error instanceof QuellError ? error.detail : 'unknown'}.`,
    );
  }
}

export const sourceSecret = (vault: string, source: string): string =>
  readFileSync(join(vault, `source-${source}.secret`), 'utf8').trim();

/** Where a scenario's alerts are raised. */
export interface AlertStage extends Pick<House, 'world' | 'files'> {
  readonly scenario: Situation & { readonly folder: string };
  readonly addresses: Pick<House['addresses'], 'intake'>;
}

/** An alert that the intake has taken. */
export interface RaisedAlert extends AcceptedAlert {
  readonly body: string;
}

/** Raises a scenario's alerts at the intake, in bursts where one is repeated. */
export async function raiseAlerts(
  { world, scenario, addresses, files }: AlertStage,
  say: (line: string) => void,
): Promise<readonly RaisedAlert[]> {
  const raised: RaisedAlert[] = [];
  for (const alert of scenario.alerts) {
    const wait = world.startedAt.getTime() + durationMs(alert.after) / scenario.pace.lag - Date.now();
    if (wait > 0) await new Promise((r) => setTimeout(r, wait));
    const secret = sourceSecret(files.vault, alert.source);
    const path = join(scenario.folder, alert.file);
    const posts = (alert.subjects ?? [scenario.subject]).flatMap((subject) =>
      Array.from({ length: alert.repeat }, (_, n) => fillAlert(world, path, alert.platform, subject, n)),
    );
    for (let i = 0; i < posts.length; i += BURST)
      raised.push(
        ...(await Promise.all(
          posts.slice(i, i + BURST).map(async (body) => ({
            body,
            ...(await postAlert(addresses.intake, alert.source, secret, body)),
          })),
        )),
      );
    say(
      `Alert raised at the intake: ${alert.file} from ${alert.source}${posts.length > 1 ? `, ${posts.length} times` : ''}`,
    );
  }
  return raised;
}
