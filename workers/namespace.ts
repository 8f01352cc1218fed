import { msToTs } from '@temporalio/common/lib/time.js';
import type { SearchAttributeType } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';
import type { Connection } from '@temporalio/client';
import { QuellError } from '../domain/errors.js';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.js';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const VALUE_TYPES = {
  TEXT: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  DOUBLE: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
} as const satisfies Record<SearchAttributeType, temporal.api.enums.v1.IndexedValueType>;

type Services = Pick<Connection, 'operatorService'>;
type Attribute = (typeof SEARCH_ATTRIBUTES)[number];

/**
 * Adds the search attributes that the workflows set where they are missing, and refuses the namespace when one has
 * another type. A missing one makes a workflow task fail and be retried for ever, and adding one again under another
 * type answers OK and does nothing: so this looks, adds, and looks again. Errors: CONFIG.
 */
export async function ensureSearchAttributes({ operatorService }: Services, namespace: string): Promise<void> {
  const missing = missingAmong(await customAttributes(operatorService, namespace));
  if (missing.length === 0) return;
  await addSearchAttributes({ operatorService }, namespace, missing);
  const still = missingAmong(await customAttributes(operatorService, namespace));
  if (still.length > 0)
    throw new QuellError('CONFIG', `namespace ${namespace} did not take search attribute ${still[0]?.name ?? ''}`);
}

/** Adds search attributes, of which none may be there. */
export async function addSearchAttributes(
  { operatorService }: Services,
  namespace: string,
  attributes: readonly Attribute[] = SEARCH_ATTRIBUTES,
): Promise<void> {
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(attributes.map(({ name, type }) => [name, VALUE_TYPES[type]])),
  });
}

/** Refuses a namespace in which workflows would get stuck, with the commands that mend it. For a server that others keep. Errors: CONFIG. */
export async function requireSearchAttributes({ operatorService }: Services, namespace: string): Promise<void> {
  const missing = missingAmong(await customAttributes(operatorService, namespace));
  if (missing.length === 0) return;
  const flags = missing.map(({ name, type }) => `--name ${name} --type ${cliType(type)}`).join(' ');
  throw new QuellError(
    'CONFIG',
    `search attributes are missing: temporal operator search-attribute create --namespace ${namespace} ${flags}`,
  );
}

/** For a dev server that begins with them in every namespace. */
export const searchAttributeFlags = (): readonly string[] =>
  SEARCH_ATTRIBUTES.flatMap(({ name, type }) => ['--search-attribute', `${name}=${cliType(type)}`]);

/** `KEYWORD_LIST` as the CLI says it: `KeywordList`. */
const cliType = (type: SearchAttributeType): string =>
  type
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');

/** How long closed workflows stay readable. Only for a server that is ours: retention of another is its owner's choice. */
export async function setRetention(
  { workflowService }: Pick<Connection, 'workflowService'>,
  namespace: string,
  period: `${number} days`,
): Promise<void> {
  await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: msToTs(period) } });
}

type Attributes = Readonly<Record<string, temporal.api.enums.v1.IndexedValueType>>;

async function customAttributes(operator: Services['operatorService'], namespace: string): Promise<Attributes> {
  return (await operator.listSearchAttributes({ namespace })).customAttributes ?? {};
}

function missingAmong(known: Attributes): readonly Attribute[] {
  for (const { name, type } of SEARCH_ATTRIBUTES) {
    const found = known[name];
    if (found !== undefined && found !== VALUE_TYPES[type])
      throw new QuellError(
        'CONFIG',
        `search attribute ${name} must be of type ${type} but has another in this namespace`,
      );
  }
  return SEARCH_ATTRIBUTES.filter(({ name }) => known[name] === undefined);
}
