/** Method id of all backup codes together: Google makes them void at once or not at all. */
export const BACKUP_CODES = 'backup-codes';

const APP_PASSWORD = /^asp:(0|[1-9]\d*)$/;

/** Method id of an app password by its code id. */
export const appPasswordId = (codeId: number): string => `asp:${String(codeId)}`;

/** Code id in a method id; undefined when it is of another kind, or written in no way that is ours. */
export function codeIdOf(methodId: string): number | undefined {
  const digits = APP_PASSWORD.exec(methodId)?.[1];
  return digits !== undefined && Number.isSafeInteger(Number(digits)) ? Number(digits) : undefined;
}
