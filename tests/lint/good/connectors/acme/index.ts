import { Webhook } from 'standardwebhooks';
import type * as Kit from '#kit';
import { label } from './label.ts';

export type Kinds = keyof typeof Kit;

export const acme = { label, verifier: new Webhook('c2VjcmV0') };
