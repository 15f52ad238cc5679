// fires: eslint(no-restricted-globals)
export async function callVendor(): Promise<number> {
  return (await fetch('https://vendor.example')).status;
}
