import { type Choice, Select } from '#src/ui';

type Props = { action: string; value: string; choices: readonly Choice[] };

/** Narrows a list by state. It stands in the address, so it can be shared; with script it goes by itself. */
export function StateFilter({ action, value, choices }: Props) {
  return (
    <form class="filters" method="get" action={action} aria-label="Filter">
      <Select name="state" label="State" value={value} choices={choices} wrong={new Map()} goes />
      <button>Show</button>
    </form>
  );
}
