import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  MultiSelect,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { channels } from '@/features/visitors/channels';
import { CampaignsDocument } from '@/graphql/generated/graphql';
import { type PoolValues, urlMatches, utmTags } from '../poolForm';

interface SegmentFieldsProps {
  siteId: string;
  form: UseFormReturnType<PoolValues>;
}

const lists = ['sources', 'countries', 'regions', 'cities'] as const;
const splits = [',', ';', '\n'];

/** Which visits a pool is for. */
export function SegmentFields({ siteId, form }: SegmentFieldsProps) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: CampaignsDocument, variables: { siteId } });
  const { utm } = form.getValues();
  const clear = { 'aria-label': t('common.action.clear') };
  return (
    <Fieldset legend={t('pools.segment.title')}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('pools.segment.lead')}
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <MultiSelect
            label={t('pools.segment.campaigns')}
            searchable
            clearable
            clearButtonProps={clear}
            nothingFoundMessage={t('common.state.nothingFound')}
            data={(data?.site.campaigns ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('campaignIds')}
          />
          <MultiSelect
            label={t('pools.segment.channels')}
            clearable
            clearButtonProps={clear}
            data={channels.map((value) => ({ value, label: t(`visitors.channel.${value}`) }))}
            {...form.getInputProps('channels')}
          />
          {lists.map((name) => (
            <TagsInput
              key={name}
              label={t(`pools.segment.${name}`)}
              description={t(`pools.segmentHint.${name}`)}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              splitChars={splits}
              acceptValueOnBlur
              {...form.getInputProps(name)}
            />
          ))}
        </SimpleGrid>
        {utm.map((condition, index) => (
          <Group key={index} align="flex-end" gap="xs" wrap="nowrap">
            <Select
              label={t('pools.segment.tag')}
              allowDeselect={false}
              data={utmTags.map((value) => ({ value, label: `utm_${value.toLowerCase()}` }))}
              w={160}
              {...form.getInputProps(`utm.${index}.tag`)}
            />
            <TagsInput
              label={t('pools.segment.values')}
              splitChars={splits}
              acceptValueOnBlur
              style={{ flex: 1, minWidth: 0 }}
              {...form.getInputProps(`utm.${index}.values`)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('pools.segment.removeTag', { tag: `utm_${condition.tag.toLowerCase()}` })}
              onClick={() => form.removeListItem('utm', index)}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={utm.length >= utmTags.length}
            onClick={() => {
              const tag = utmTags.find((tag) => utm.every((condition) => condition.tag !== tag));
              form.insertListItem('utm', { tag: tag ?? 'SOURCE', values: [] });
            }}
          >
            {t('pools.segment.addTag')}
          </Button>
        </div>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <Select
            label={t('pools.segment.urlMatch')}
            allowDeselect={false}
            data={urlMatches.map((value) => ({ value, label: t(`goals.match.${value}`) }))}
            {...form.getInputProps('urlMatch')}
          />
          <TextInput label={t('pools.segment.url')} placeholder="/catalog" {...form.getInputProps('url')} />
        </SimpleGrid>
      </Stack>
    </Fieldset>
  );
}
