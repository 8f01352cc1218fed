/** Text that is HTML already. Everything else is escaped, so that nothing from a tenant is ever markup. */
export class Markup {
  constructor(readonly text: string) {}
}
export type Content = Markup | string | number | undefined | false | readonly Content[];

/** Tagged template: literal parts as they are, values escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.reduce((out, part, i) => out + part + (i < values.length ? render(values[i]) : ''), ''));
}

function render(value: Content): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value));
  return value.map(render).join('');
}

function escape(text: string): string {
  // Controls that turn the direction of text or hide it could make a name look like another.
  const visible = text.replace(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g,
    '\ufffd',
  );
  return visible.replace(/[&<>"']/g, (c) => `&#${String(c.charCodeAt(0))};`);
}

/** The little Markdown of timeline entries: bold and code. */
export function inline(text: string): Markup {
  return new Markup(
    escape(text)
      .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
      .replace(/`([^`]+)`/g, '<code>$1</code>'),
  );
}

/** A table, or a sentence when there is nothing. */
export function table(head: readonly string[], rows: readonly (readonly Content[])[], empty: string): Markup {
  if (rows.length === 0) return html`<p class="none">${empty}</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head.map((h) => html`<th>${h}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (r) =>
            html`<tr>
              ${r.map((c) => html`<td>${c}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export function words(text: string): string {
  return text.replaceAll('_', ' ');
}

/** `2026-03-02 10:15:04 UTC` */
export function when(instant: string | undefined): string {
  return instant === undefined ? '' : `${instant.slice(0, 19).replace('T', ' ')} UTC`;
}
