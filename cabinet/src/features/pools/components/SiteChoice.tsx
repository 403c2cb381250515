import { SiteSelect } from '@/features/sites/components/SiteSelect';

interface SiteChoiceProps {
  site: string | undefined;
  onChange: (site: string | undefined) => void;
}

/** Whose pools or blocks are shown. */
export function SiteChoice({ site, onChange }: SiteChoiceProps) {
  return (
    <SiteSelect
      value={site ?? null}
      clearable={false}
      allowDeselect={false}
      onChange={(next) => onChange(next ?? undefined)}
      maw={360}
    />
  );
}
