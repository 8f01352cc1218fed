import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseSettings, socketUrl } from '../../../store/postgres/settings.js';

/** A statement on its way, as the driver sends it. */
export interface Statement {
  readonly text: string;
  /** Of its parameters, as text. */
  readonly values: readonly string[];
  /** The statements of its transaction so far; of a COMMIT all of them. */
  readonly within: readonly Statement[];
}

/** What is to happen at a statement: `end` when it has not reached the server, or when it is done there and nobody has been told. */
export interface Cut {
  readonly when: 'before' | 'after';
  end(): void;
  /** `after` alone: the server refused it, or it changed no row; its answer goes on. */
  missed(): void;
}

type Env = Readonly<Record<string, string>>;

/**
 * Stands between one process and its PostgreSQL, on Unix sockets, and sees each statement (https://www.postgresql.org/docs/18/protocol-message-formats.html). Passwords
 * pass through. Of a process whose statement is cut nothing else passes either: its connections end, as those of a killed one do.
 */
export class Wire {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'quell-wire-'));

  private constructor(
    private readonly upstream: string,
    private readonly judge: (statement: Statement) => Cut | undefined,
  ) {
    this.#server = createServer((client) => this.#pass(client));
  }

  /** `env`: how the process would sign in without it; answers the wire and how it signs in by it. */
  static async lay(env: Env, judge: (statement: Statement) => Cut | undefined): Promise<{ wire: Wire; env: Env }> {
    const { host, port, user, database } = databaseSettings(env);
    const wire = new Wire(join(host, `.s.PGSQL.${port}`), judge);
    await new Promise<void>((resolve) => wire.#server.listen(join(wire.#folder, '.s.PGSQL.5432'), resolve));
    return { wire, env: { ...env, DATABASE_URL: socketUrl(wire.#folder, user, database) } };
  }

  async close(): Promise<void> {
    this.#sever();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #sever(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #pass(client: Socket): void {
    const server = connect(this.upstream);
    const ends = [client, server];
    for (const end of ends) {
      this.#open.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        this.#open.delete(end);
        for (const each of ends) each.destroy();
      });
    }
    const session = new Session(this.judge);
    let held: { readonly cut: Cut; readonly answer: Buffer[] } | undefined;
    const fromClient = new Messages(true);
    client.on('data', (chunk) => {
      for (const message of fromClient.read(chunk)) {
        const { pass, cut } = session.take(message);
        if (cut?.when === 'before') {
          cut.end();
          return this.#sever();
        }
        if (cut) held = { cut, answer: [] };
        if (pass) server.write(pass);
      }
    });
    const fromServer = new Messages(false);
    server.on('data', (chunk) => {
      for (const message of fromServer.read(chunk)) {
        if (!held) client.write(message);
        else {
          held.answer.push(message);
          if (!isReady(message)) continue;
          const { cut, answer } = held;
          held = undefined;
          if (hasDone(answer)) {
            cut.end();
            return this.#sever();
          }
          cut.missed();
          client.write(Buffer.concat(answer));
        }
      }
    });
  }
}

/** Whole messages from what a socket gives. A client's first has no type. */
class Messages {
  #rest = Buffer.alloc(0);

  constructor(private startsUp: boolean) {}

  *read(chunk: Buffer): Generator<Buffer> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const type = this.startsUp ? 0 : 1;
      if (this.#rest.length < type + 4) return;
      const length = type + this.#rest.readInt32BE(type);
      if (this.#rest.length < length) return;
      const message = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      this.startsUp = false;
      yield message;
    }
  }
}

/** What one connection asks: the messages of a statement are kept until it is whole. */
class Session {
  #parts: Buffer[] = [];
  #within: Statement[] | undefined;

  constructor(private readonly judge: (statement: Statement) => Cut | undefined) {}

  take(message: Buffer): { readonly pass?: Buffer; readonly cut?: Cut } {
    const type = typeOf(message);
    if (!'PBDESQ'.includes(type)) return { pass: message };
    this.#parts.push(message);
    if (type !== 'S' && type !== 'Q') return {};
    const parts = this.#parts;
    this.#parts = [];
    const cut = this.judge(this.#statement(parts));
    return { pass: Buffer.concat(parts), ...(cut ? { cut } : {}) };
  }

  #statement(parts: readonly Buffer[]): Statement {
    const by = (type: string): Buffer | undefined => parts.find((part) => typeOf(part) === type);
    const [query, parse, bind] = [by('Q'), by('P'), by('B')];
    // A simple query's text is all it has; of a prepared one the name comes first.
    const text = query ? textAt(query, 5) : parse ? textAt(parse, textEnd(parse, 5) + 1) : '';
    const values = bind ? valuesOf(bind) : [];
    if (text === 'BEGIN') this.#within = [];
    const statement = { text: text.replace(/\s+/g, ' ').trim(), values, within: [...(this.#within ?? [])] };
    this.#within?.push(statement);
    if (text === 'COMMIT' || text === 'ROLLBACK') this.#within = undefined;
    return statement;
  }
}

/** Of a Bind message: portal, statement, formats, values. */
function valuesOf(bind: Buffer): readonly string[] {
  let at = textEnd(bind, textEnd(bind, 5) + 1) + 1;
  at += 2 + 2 * bind.readInt16BE(at);
  const count = bind.readInt16BE(at);
  at += 2;
  return Array.from({ length: count }, () => {
    const length = bind.readInt32BE(at);
    at += 4 + Math.max(0, length);
    return length < 0 ? '' : bind.toString('utf8', at - length, at);
  });
}

const typeOf = (message: Buffer): string => String.fromCharCode(message[0] ?? 0);
const isReady = (message: Buffer): boolean => typeOf(message) === 'Z';
const textEnd = (message: Buffer, from: number): number => message.indexOf(0, from);
const textAt = (message: Buffer, from: number): string => message.toString('utf8', from, textEnd(message, from));

/** It was not refused, and changed a row; a COMMIT counts none. */
function hasDone(answer: readonly Buffer[]): boolean {
  const complete = answer.find((message) => typeOf(message) === 'C');
  return (
    complete !== undefined &&
    !answer.some((message) => typeOf(message) === 'E') &&
    !/ 0$|^ROLLBACK/.test(textAt(complete, 5))
  );
}
