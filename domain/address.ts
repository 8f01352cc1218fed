import ipaddr from 'ipaddr.js';
import { remembered } from './remembered.js';

/**
 * Addresses in their one form: what is compared, stored, blocked and displayed. IPv4 in four decimal parts; IPv6 as RFC 5952 writes it,
 * in lower case, without a zone; IPv4 that is carried in IPv6 (RFC 4291 2.5.5, RFC 6052) is the IPv4 address. Everything that takes an
 * address from outside takes it through here.
 */
export type Address = string;

/** Documentation networks (RFC 5737, RFC 3849, RFC 9637): no real traffic comes from them; examples, tests and the demo stand for the world by them. */
const DOCUMENTATION = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'].map((c) =>
  ipaddr.parseCIDR(c),
);
type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

/** Longer than any address with brackets, zone and port is. */
const MAX_LENGTH = 100;

/**
 * One address of a text, in its one form, whether or not it is routed: around it may be white space, brackets, a port, a zone, a prefix
 * length of one host. A port without brackets can be told from the address only after four decimal parts (`::ffff:192.0.2.1:443` too). Undefined for everything else: networks, short and octal forms (`127.1`, an octet with a leading zero), names.
 */
export function addressOf(text: unknown): Address | undefined {
  return parsed(text)?.toString();
}

/**
 * The address of a client as a log's field tells it: of several in one field (`client, edge, service`) the first that is routed on the
 * internet. Undefined is unknown, neither known nor foreign: an empty field, a placeholder, a private, shared (RFC 6598), link-local,
 * loopback or reserved address, or what is no address.
 */
export function clientAddress(field: unknown): Address | undefined {
  return addressesIn(field).find(isPublic);
}

/** All addresses of a field that may hold several: a list, a list written as text, or a text with commas, semicolons, bars, quotes or white space between them. */
export function addressesIn(field: unknown): readonly Address[] {
  return partsOf(field).flatMap((part) => addressOf(part) ?? []);
}

/** A placeholder for "not logged": nothing, a dash, a word that says so. */
const PLACEHOLDER = /^(?:|-|n\/?a|none|null|nil|undefined|unknown|not available|<null>|<nil>|localhost)$/i;

/** The parts of a field that were meant as addresses and are none, as they were written; for who is to be told. */
export function notAddresses(field: unknown): readonly string[] {
  if (typeof field !== 'string' && !Array.isArray(field))
    return field === undefined || field === null ? [] : ['(no text)'];
  return partsOf(field).filter((part) => addressOf(part) === undefined && !PLACEHOLDER.test(part));
}

/** Routed on the internet: what can be a place, be looked up and be blocked. Of IPv6 only 2000::/3 is given to anybody (RFC 4291 2.4, IANA). */
export function isPublic(address: Address): boolean {
  const one = parsed(address);
  if (one === undefined) return false;
  if (DOCUMENTATION.some((network) => holds(network, one))) return true;
  return ROUTED.has(one.range()) && (one.kind() === 'ipv4' || holds(GLOBAL, one));
}
const RELAYED: ReadonlySet<string> = new Set(['6to4', 'teredo']);
const ROUTED: ReadonlySet<string> = new Set(['unicast', ...RELAYED]);
const GLOBAL = ipaddr.parseCIDR('2000::/3');

/**
 * Why a block of an address would not hit who is at it: nobody on the internet is (`private`, `loopback`), or it stands for an IPv4 address,
 * ours perhaps, behind a relay that everybody uses (`6to4`, `teredo`). Undefined when it would.
 */
export function notBlockableBecause(address: Address): string | undefined {
  const range = parsed(address)?.range();
  return isPublic(address) && !RELAYED.has(range ?? '') ? undefined : (range ?? 'no address');
}

/** What stands for a place: an IPv4 address, or the /64 of an IPv6 address (a home has one and changes the rest daily, RFC 8981). */
export function placeOf(address: Address): string {
  return FOUR_PARTS.test(address) ? address : placeOfOther(address); // asked for each row, most of which are such
}
/** A case has some hundred IPv6 addresses and asks for their places in every comparison. */
const placeOfOther = remembered((address): string => {
  const one = parsed(address);
  return one instanceof ipaddr.IPv6
    ? `${new ipaddr.IPv6([...one.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`
    : (one?.toString() ?? address);
}, 10_000);
/** Both are known, and are one place. Unknown is nowhere: it is no place that anything else is at too. */
export const isSamePlace = (a: Address | undefined, b: Address | undefined): boolean =>
  a !== undefined && b !== undefined && (a === b || placeOf(a) === placeOf(b));
const FOUR_PARTS = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** A network in its one form (`192.0.2.0/24`): the first address and the prefix length; an address is the network of itself alone. */
export function networkOf(text: unknown): string | undefined {
  const network = parsedNetwork(text);
  return network && `${network[0].toString()}/${String(network[1])}`;
}

/** Whether an address lies in one of the networks, which may be addresses too. What is no address lies nowhere; what is no network holds nothing. */
export function isInside(address: Address, networks: readonly string[]): boolean {
  const one = bitsOf(address);
  return one !== undefined && networks.some((network) => one.startsWith(bitsOf(network) ?? 'no network'));
}

/**
 * The bits of a network, or of an address, that all that lies in it begins with; the kind before them (`4:110000…`). Undefined for what is
 * neither.
 */
export function bitsOf(text: unknown): string | undefined {
  const network = parsedNetwork(text);
  if (network === undefined) return undefined;
  const [first, length] = network;
  const bytes = first.toByteArray().map((byte) => byte.toString(2).padStart(8, '0'));
  return `${first.kind() === 'ipv4' ? '4' : '6'}:${bytes.join('').slice(0, length)}`;
}

function partsOf(field: unknown): readonly string[] {
  if (Array.isArray(field)) return (field as readonly unknown[]).slice(0, MAX_PARTS).flatMap(partsOf);
  if (typeof field !== 'string') return [];
  return field
    .slice(0, MAX_PARTS * MAX_LENGTH)
    .split(/[\s,;|"']+/)
    .map(withoutListMarks)
    .filter((part) => part !== '');
}
const MAX_PARTS = 100;
/** A bracket that has no other in the same part is that of a list written as text: `["192.0.2.1","192.0.2.2"]`. */
const withoutListMarks = (part: string): string =>
  part.includes('[') === part.includes(']') ? part : part.replace(/^\[|\]$/g, '');

function parsed(text: unknown): Parsed | undefined {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
  const trimmed = text.trim();
  const bare =
    /^\[([^[\]]+)\](?::\d{1,5})?$/.exec(trimmed)?.[1] ??
    /^((?:[\da-f:]*:)?\d+\.\d+\.\d+\.\d+):\d{1,5}$/i.exec(trimmed)?.[1] ??
    trimmed;
  const [, host = '', , length] = /^([^%/]+)(%[\w.-]+)?(?:\/(\d{1,3}))?$/.exec(bare) ?? [];
  const one = written(host);
  if (one === undefined || (one.kind() === 'ipv4' && bare.includes('%'))) return undefined;
  if (length !== undefined && length !== (one.kind() === 'ipv4' ? '32' : '128')) return undefined;
  return one.kind() === 'ipv4' ? one : withoutWrapping(one as ipaddr.IPv6);
}

/** An address without anything around it, as it is written. A dotted tail must be four decimal parts too: `::ffff:198.051.100.7` is ambiguous. */
function written(host: string): Parsed | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return ipaddr.IPv4.parse(host);
  if (!host.includes(':') || !ipaddr.IPv6.isValid(host)) return undefined;
  const tail = host.slice(host.lastIndexOf(':') + 1);
  return tail.includes('.') && !ipaddr.IPv4.isValidFourPartDecimal(tail) ? undefined : ipaddr.IPv6.parse(host);
}

/** The IPv4 address that an IPv6 address carries, else the address. */
function withoutWrapping(address: ipaddr.IPv6): Parsed {
  const { parts } = address;
  const [high = 0, low = 0] = parts.slice(6);
  const isCarrier = (prefix: readonly number[]): boolean => prefix.every((part, i) => parts[i] === part);
  // Below 0.1.0.0 IPv6 has addresses of its own (`::`, `::1`), and nobody is routed.
  if (!isCarrier(MAPPED) && (high === 0 || !CARRIERS.some(isCarrier))) return address;
  return new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]);
}
const MAPPED = [0, 0, 0, 0, 0, 0xffff];
/** Compatible (RFC 4291 2.5.5.1), by the well-known prefix (RFC 6052), translated (RFC 2765). */
const CARRIERS = [
  [0, 0, 0, 0, 0, 0],
  [0x64, 0xff9b, 0, 0, 0, 0],
  [0, 0, 0, 0, 0xffff, 0],
];

function parsedNetwork(text: unknown): [Parsed, number] | undefined {
  const one = parsed(text);
  if (one) return [one, one.kind() === 'ipv4' ? 32 : 128];
  const [, host = '', length = ''] =
    typeof text === 'string' ? (/^([^%/]{1,60})\/(\d{1,3})$/.exec(text.trim()) ?? []) : [];
  const first = written(host);
  const bits = Number(length);
  if (first === undefined || bits > (first.kind() === 'ipv4' ? 32 : 128)) return undefined;
  if (first.kind() === 'ipv4') return [ipaddr.IPv4.networkAddressFromCIDR(`${first.toString()}/${length}`), bits];
  const inner = bits >= 96 ? withoutWrapping(first as ipaddr.IPv6) : first;
  if (inner.kind() === 'ipv4') return parsedNetwork(`${inner.toString()}/${String(bits - 96)}`);
  return [ipaddr.IPv6.networkAddressFromCIDR(`${first.toString()}/${length}`), bits];
}

const holds = (network: [Parsed, number], address: Parsed): boolean =>
  network[0].kind() === address.kind() && address.match(network);
