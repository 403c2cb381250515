import { Button, Group, NumberInput, SimpleGrid, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { useFormat } from '@/format/useFormat';
import { SizeNumberPoolDocument, type SizeNumberPoolQuery } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';

interface SizingCalculatorProps {
  /** How long numbers are held, in seconds. */
  holdSeconds: number;
}

const limits = {
  sessionsPerHour: { min: 1, max: 100_000 },
  visitMinutes: { min: 0.1, max: 1440 },
  holdMinutes: { min: 1, max: 10_080 },
  target: { min: 0.1, max: 50 },
};
const names = ['sessionsPerHour', 'visitMinutes', 'holdMinutes', 'target'] as const;

/** How many numbers a pool needs; works before there is one. */
export function SizingCalculator({ holdSeconds }: SizingCalculatorProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useClient();
  const { pending, error, submit } = useSubmit();
  const [sizing, setSizing] = useState<SizeNumberPoolQuery['sizeNumberPool']>();
  const within = (name: (typeof names)[number]) => (value: number | string) =>
    value !== '' && Number(value) >= limits[name].min && Number(value) <= limits[name].max
      ? null
      : t('pools.sizing.range', limits[name]);
  const form = useForm<Record<(typeof names)[number], number | string>>({
    initialValues: { sessionsPerHour: 60, visitMinutes: 4, holdMinutes: holdSeconds / 60, target: 1 },
    validate: Object.fromEntries(names.map((name) => [name, within(name)])),
    onValuesChange: () => setSizing(undefined),
  });
  const percent = (share: number) =>
    new Intl.NumberFormat(format.locale, { style: 'percent', maximumFractionDigits: 2 }).format(share);
  return (
    <Panel title={t('pools.sizing.title')} lead={t('pools.sizing.lead')}>
      <form
        noValidate
        onSubmit={form.onSubmit((values) => {
          const variables = {
            sessionsPerHour: Number(values.sessionsPerHour),
            visitMinutes: Number(values.visitMinutes),
            holdMinutes: Number(values.holdMinutes),
            target: Number(values.target) / 100,
          };
          void submit({
            form,
            send: () => client.query(SizeNumberPoolDocument, variables).toPromise(),
            done: (data) => setSizing(data.sizeNumberPool),
          });
        })}
      >
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm">
            {names.map((name) => (
              <NumberInput
                key={name}
                label={t(`pools.sizing.${name}`)}
                hideControls
                allowNegative={false}
                {...form.getInputProps(name)}
              />
            ))}
          </SimpleGrid>
          <ProblemAlert error={error} />
          <Group>
            <Button type="submit" variant="default" loading={pending}>
              {t('pools.sizing.submit')}
            </Button>
            <div role="status">
              {sizing && (
                <>
                  <Text fw={650}>{t('pools.sizing.numbers', { count: sizing.numbers })}</Text>
                  <Text size="sm" c="dimmed">
                    {t('pools.sizing.result', {
                      load: new Intl.NumberFormat(format.locale, { maximumFractionDigits: 1 }).format(
                        sizing.load,
                      ),
                      exhaustion: percent(sizing.exhaustion),
                    })}
                  </Text>
                </>
              )}
            </div>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
