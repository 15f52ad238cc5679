// fires: import(no-cycle)
import { mark } from '#src/marks';
export const deliver = (): unknown => mark;
