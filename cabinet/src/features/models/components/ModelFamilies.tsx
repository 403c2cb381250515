import { SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { markovExample, markovShares, shapleyExample, shapleyShares } from '../learning';
import { examplePath, families, learning, weightsOf } from '../weights';
import { ModelCard } from './ModelCard';
import { WeightBars } from './WeightBars';

const columns = { base: 1, sm: 2, lg: 3 };

/** Every model of the product, in families. */
export function ModelFamilies() {
  const { t } = useTranslation();
  const shares = { markov: markovShares(markovExample), shapley: shapleyShares(shapleyExample) };
  return (
    <>
      {(['single', 'position', 'time'] as const).map((family) => (
        <Stack key={family} component="section" gap="sm">
          <div>
            <Title order={2} size="h4">
              {t(`models.family.${family}`)}
            </Title>
            <Text size="sm" c="dimmed" maw={720}>
              {t(`models.familyHint.${family}`)}
            </Text>
          </div>
          <SimpleGrid cols={columns}>
            {families[family].map((model) => (
              <ModelCard key={model} model={model}>
                <WeightBars weights={weightsOf(model, examplePath)} />
              </ModelCard>
            ))}
          </SimpleGrid>
        </Stack>
      ))}
      <Stack component="section" gap="sm">
        <div>
          <Title order={2} size="h4">
            {t('models.family.learning')}
          </Title>
          <Text size="sm" c="dimmed" maw={720}>
            {t('models.familyHint.learning')}
          </Text>
        </div>
        <SimpleGrid cols={columns}>
          {learning.map((model) => (
            <ModelCard key={model} model={model}>
              <WeightBars weights={[...shares[model].values()]} labels={[...shares[model].keys()]} />
              <Text size="xs" c="dimmed">
                {t(`models.example.${model}`)}
              </Text>
            </ModelCard>
          ))}
        </SimpleGrid>
      </Stack>
    </>
  );
}
