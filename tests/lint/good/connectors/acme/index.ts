import * as z from 'zod';
import type * as Kit from '#kit';
import { label } from './label.ts';

export type Kinds = keyof typeof Kit;

export const acme = { label, options: z.strictObject({}) };
