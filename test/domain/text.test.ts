import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../domain/text.js';

describe('plain text', () => {
  it.each([
    ['zero width, soft hyphen, word joiner', 'a\u200bb\u00adc\u2060d\ufeff', 'abcd'],
    ['turns of direction', '\u202eabc\u202c \u2066x\u2069', 'abc x'],
    ['full width and ligatures', 'ｐａｓｓ：ﬁ', 'pass:fi'],
    ['letters and their accents apart', 'contrasen\u0303a', 'contraseña'],
    ['no-break spaces', 'a\u00a0b\u202fc', 'a b c'],
    ['bold, slanted, struck', '*a* _b c_ ~d~ **e** ***f***', 'a b c d e f'],
    ['emphasis in emphasis', '**_word_**: x', 'word: x'],
    ['a name of code', 'DB_PASS_1 = a*b*c', 'DB_PASS_1 = a*b*c'],
    ['a list', '* one\n* two', '* one\n* two'],
    ['back-ticks', 'use `x` and ```y```', 'use `x` and ```y```'],
    ['typographic quotes', '“a” „b“ ‘c’ «d»', `"a" "b" 'c' "d"`],
    ['entities', 'a&amp;b &lt;c&gt; &#39;d&#x27; &quot;e&quot;&nbsp;f&zwnj;', `a&b <c> 'd' "e" f`],
    ['an entity that hides an entity, once', '&amp;lt;b&amp;gt;', '&lt;b&gt;'],
    ['an unknown entity', '&nonsense; & &#0; &#55296;', '&nonsense; & &#0; &#55296;'],
    ['tags', '<p>a<b class="x">b</b></p>c<br/>d', '\nab\nc\nd'],
    ['an escaped tag', '&lt;b&gt;x&lt;/b&gt;', '<b>x</b>'],
    ['a placeholder', '<password> and <your name>', '<password> and <your name>'],
    [
      'links of Slack',
      '<https://a.example|here> <mailto:a@example.com|a@example.com>',
      'here https://a.example a@example.com',
    ],
    ['escaped marks', 'DB\\_PASS \\*x\\*', 'DB_PASS *x*'],
    ['ends of lines', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
  ])('%s', (_, text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('leaves ordinary letters, figures and lines as they are', () => {
    const unit = fc.constantFrom(
      'a',
      'b',
      'X',
      'Y',
      '0',
      '9',
      ' ',
      '.',
      ',',
      ':',
      '=',
      '-',
      '/',
      '@',
      '#',
      'ä',
      'ß',
      '\n',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 300 }), (text) => {
        expect(plainText(text)).toBe(text);
      }),
    );
  });
});
