import { z } from 'zod';
import { isPlatform } from '../domain/platform.js';

/** The id of a platform; which there are is not the store's to know. */
export const platform = z.string().refine(isPlatform, 'not the id of a platform');
