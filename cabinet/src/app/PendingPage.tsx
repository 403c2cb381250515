import { Skeleton, Stack } from '@mantine/core';

/** While a page's code is being fetched. */
export function PendingPage() {
  return (
    <Stack gap="lg" aria-busy="true">
      <Skeleton height={36} width={240} />
      <Skeleton height={320} />
    </Stack>
  );
}
