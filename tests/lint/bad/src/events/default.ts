// fires: import(no-default-export)
export default function publishEvent(): void {}
