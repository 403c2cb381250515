import { Anchor } from '@mantine/core';
import { useFormat } from '@/format/useFormat';

/** A phone (digits with country code) that can be dialled. */
export function PhoneLink({ phone }: { phone: string }) {
  const format = useFormat();
  return (
    <Anchor href={`tel:+${phone}`} size="sm" className="numeric" style={{ whiteSpace: 'nowrap' }}>
      {format.phone(phone)}
    </Anchor>
  );
}
