import { Select } from '@mantine/core';

interface OptionSelectProps {
  label: string;
  value: string;
  data: { value: string; label: string }[];
  onChange: (value: string) => void;
  width?: number;
}

/** One choice of several that is always made. */
export function OptionSelect({ label, value, data, onChange, width = 200 }: OptionSelectProps) {
  return (
    <Select
      label={label}
      data={data}
      value={value}
      allowDeselect={false}
      onChange={(next) => next !== null && onChange(next)}
      w={{ base: '100%', xs: width }}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
