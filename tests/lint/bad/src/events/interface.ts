// fires: typescript(consistent-type-definitions)
export interface Event {
  id: string;
}
