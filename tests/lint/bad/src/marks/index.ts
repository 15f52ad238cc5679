// fires: import(no-cycle)
import { deliver } from '#src/deliveries';
export const mark = (): unknown => deliver;
