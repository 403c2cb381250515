import { Button, Group, SegmentedControl, Stack } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import {
  addAt,
  changeAt,
  type Group as ConditionGroup,
  isGroup,
  maxDepth,
  type NodePath,
  removeAt,
} from '../filter';
import { useReportPage } from '../hooks/useReportPage';
import classes from './FilterGroup.module.css';
import { FilterRow } from './FilterRow';

interface FilterGroupProps {
  root: ConditionGroup;
  group: ConditionGroup;
  path: NodePath;
  onChange: (root: ConditionGroup) => void;
}

/** Conditions that are joined by and or by or; may hold further groups. */
export function FilterGroup({ root, group, path, onChange }: FilterGroupProps) {
  const { t } = useTranslation();
  const { catalog } = useReportPage();
  const condition = {
    dimension: catalog.defaultDimensions[0] ?? catalog.dimensions[0]?.id ?? '',
    operator: 'IS' as const,
    values: [],
  };
  const canNest = path.length + 2 < maxDepth;
  return (
    <fieldset className={path.length === 0 ? 'bare' : classes.nested}>
      <legend className={classes.legend}>{t('reports.filter.group')}</legend>
      <Stack gap="sm">
        {group.filters.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label={t('reports.filter.join')}
            value={group.any ? 'any' : 'all'}
            data={[
              { value: 'all', label: t('reports.filter.all') },
              { value: 'any', label: t('reports.filter.any') },
            ]}
            onChange={(value) =>
              onChange(changeAt(root, path, (node) => ({ ...node, any: value === 'any' }) as ConditionGroup))
            }
          />
        )}
        {group.filters.map((node, index) =>
          isGroup(node) ? (
            <FilterGroup key={index} root={root} group={node} path={[...path, index]} onChange={onChange} />
          ) : (
            <FilterRow
              key={index}
              number={index + 1}
              condition={node}
              onChange={(next) => onChange(changeAt(root, [...path, index], () => next))}
              onRemove={() => onChange(removeAt(root, [...path, index]))}
            />
          ),
        )}
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange(addAt(root, path, condition))}
          >
            {t('reports.filter.addCondition')}
          </Button>
          {canNest && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => onChange(addAt(root, path, { any: !group.any, filters: [condition] }))}
            >
              {t('reports.filter.addGroup')}
            </Button>
          )}
          {path.length > 0 && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              leftSection={<IconTrash size={14} aria-hidden />}
              onClick={() => onChange(removeAt(root, path))}
            >
              {t('reports.filter.removeGroup')}
            </Button>
          )}
        </Group>
      </Stack>
    </fieldset>
  );
}
