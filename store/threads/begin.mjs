// Beginning of a thread: the source runs as it is (docs/adr/0004), so the thread brings the loader that its process began with.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(String(workerData));
