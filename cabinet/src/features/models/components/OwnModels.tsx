import { Button, Group, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconAdjustmentsAlt, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useFormat } from '@/format/useFormat';
import {
  type AttributionModelFieldsFragment,
  DeleteAttributionModelDocument,
} from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Panel } from '@/ui/Panel';
import { modelNumber } from '../modelForm';
import { useModels } from '../useModels';
import { customWeights, examplePath } from '../weights';
import { ModelForm } from './ModelForm';
import { WeightBars } from './WeightBars';

const context = { additionalTypenames: ['AttributionModel', 'ReportTable', 'Deal'] };

/** Models the account defines itself. */
export function OwnModels() {
  const { t } = useTranslation();
  const format = useFormat();
  const { result, retry } = useModels();
  const [, remove] = useMutation(DeleteAttributionModelDocument);
  const [edited, setEdited] = useState<AttributionModelFieldsFragment | 'new'>();
  const model = edited === 'new' ? undefined : edited;
  const close = () => setEdited(undefined);
  return (
    <Panel
      title={t('models.own.title')}
      lead={t('models.own.lead')}
      actions={
        <Button size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
          {t('models.own.add')}
        </Button>
      }
    >
      <Loaded result={result} onRetry={() => retry()}>
        {({ attributionModels }) => {
          const own = attributionModels.filter(({ definition }) => definition !== null);
          return own.length === 0 ? (
            <EmptyState
              icon={IconAdjustmentsAlt}
              title={t('models.own.emptyTitle')}
              text={t('models.own.emptyText')}
            />
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {own.map((model) => {
                const { id, name, definition } = model;
                return (
                  definition && (
                    <Stack key={id} component="article" gap="xs" aria-label={name}>
                      <Title order={3} size="h5" className="break">
                        {name}
                      </Title>
                      <WeightBars weights={customWeights(definition, examplePath)} />
                      <Text size="sm">
                        {definition.kind === 'POSITION'
                          ? t('models.own.position', {
                              first: format.number(definition.first * 100),
                              middle: format.number(definition.middle * 100),
                              last: format.number(definition.last * 100),
                            })
                          : t('models.own.decay', { days: format.number(definition.halfLifeDays) })}
                        {definition.excludeDirect && `. ${t('models.own.withoutDirect')}`}
                      </Text>
                      <Group gap="xs">
                        <Button
                          size="xs"
                          variant="default"
                          aria-label={t('models.own.editNamed', { name })}
                          onClick={() => setEdited(model)}
                        >
                          {t('common.action.edit')}
                        </Button>
                        <ConfirmButton
                          size="xs"
                          variant="subtle"
                          color="red"
                          aria-label={t('models.own.deleteNamed', { name })}
                          title={t('models.own.question', { name })}
                          text={t('models.own.questionText')}
                          confirm={t('common.action.delete')}
                          action={async () =>
                            (await remove({ input: { id: modelNumber(id) } }, context)).error
                          }
                        >
                          {t('common.action.delete')}
                        </ConfirmButton>
                      </Group>
                    </Stack>
                  )
                );
              })}
            </SimpleGrid>
          );
        }}
      </Loaded>
      <Modal
        opened={edited !== undefined}
        onClose={close}
        title={model ? t('models.form.editTitle') : t('models.form.title')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
      >
        <ModelForm key={model?.id ?? 'new'} model={model} onDone={close} />
      </Modal>
    </Panel>
  );
}
