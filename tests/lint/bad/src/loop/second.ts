// fires: import(no-cycle)
import { first } from './first.ts';
export const second = (): unknown => first;
