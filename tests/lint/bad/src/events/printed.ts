// fires: eslint(no-console)
export function printEvent(id: string): void {
  console.log(id);
}
