/**
 * The JSON body of what a file holds: JSON as it is; JSON lines as a list; other text as `{ "lines": […] }`, which is how lines of CEF and
 * syslog reach the intake. Text that begins as JSON and is none stays as it is, for the intake to refuse.
 */
export function bodyOfFile(text: string): string {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const [first = ''] = lines;
  if (!/^\s*[[{]/.test(first)) return lines.length === 0 ? text : JSON.stringify({ lines });
  const whole = parsed(text);
  if (whole !== undefined) return text;
  const each = lines.map(parsed);
  return each.every((line) => line !== undefined) ? JSON.stringify(each) : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
