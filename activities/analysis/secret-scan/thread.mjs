// Beginning of a scanning thread: the source runs as it is (docs/adr/0004), so the thread brings the loader that its process began with.
import { register } from 'tsx/esm/api';

register();
await import(new URL('thread.ts', import.meta.url).href);
