// fires: typescript(no-explicit-any) typescript(no-unsafe-member-access) typescript(no-unsafe-return)
export function nameOf(value: any): string {
  return value.name;
}
