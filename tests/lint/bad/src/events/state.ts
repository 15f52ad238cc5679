// fires: house(no-module-let) import(no-mutable-exports)
let count = 0;
export let total = 0;
export function countEvent(): number {
  total += 1;
  return (count += 1);
}
