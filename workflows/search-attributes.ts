import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Plain text in Temporal: opaque ids and fixed words only, never a name or an address. */
export const STAGE = defineSearchAttributeKey('QuellStage', SearchAttributeType.KEYWORD);
export const SEVERITY = defineSearchAttributeKey('QuellSeverity', SearchAttributeType.KEYWORD);
export const PLATFORM = defineSearchAttributeKey('QuellPlatform', SearchAttributeType.KEYWORD);
export const VERDICT = defineSearchAttributeKey('QuellVerdict', SearchAttributeType.KEYWORD);
export const SUBJECT = defineSearchAttributeKey('QuellSubject', SearchAttributeType.KEYWORD);
/** When the soonest wait ends. */
export const DUE_AT = defineSearchAttributeKey('QuellDueAt', SearchAttributeType.DATETIME);
/** True while a person has something to do. */
export const WAITING = defineSearchAttributeKey('QuellWaiting', SearchAttributeType.BOOL);

export const SEARCH_ATTRIBUTES = [STAGE, SEVERITY, PLATFORM, VERDICT, SUBJECT, DUE_AT, WAITING] as const;
