import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'quell',
  product: 'Your own detections',
  sends: 'plain JSON that is written for Quell: the one strict format',
  auth: ['hmac', 'oidc', 'bearer'],
  shape: '`id` and `subjects`',
  identity: '`id`',
  subjects: '`subjects[]`, each with `email`, or with `nativeId` and a platform',
  states: '`state`',
  setUp:
    'Only `id` and `subjects` are required; an unknown field is refused. `severity`: `info`, `low`, `medium`, `high`, `critical`. `kind` of a subject: `person` or `app`. `state`: `new`, `update`, `closed`. Evidence types: `file`, `url`, `message`, `channel`, `app`, `ip`, `session`, `device`, `query`. Times are RFC 3339 with a zone.',
  nobodyWithout: ['subjects.0'],
};
