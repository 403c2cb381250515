import { Badge, Stack, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ScenarioProblemFieldsFragment } from '@/graphql/generated/graphql';
import { find, type Graph, outlineOf } from '../graph';
import type { Catalogue } from '../hooks/useCatalogue';
import classes from './Outline.module.css';

interface OutlineProps {
  graph: Graph;
  catalogue: Catalogue;
  problems: readonly ScenarioProblemFieldsFragment[];
  selected: string | undefined;
  lit: ReadonlyMap<string, string>;
  onSelect: (id: string) => void;
}

/** A scenario as a list, in the order calls go through it. */
export function Outline({ graph, catalogue, problems, selected, lit, onSelect }: OutlineProps) {
  const { t } = useTranslation();
  return (
    <Stack component="ol" gap={2} p={0} m={0} className={classes.list}>
      {outlineOf(graph).map(({ operation, depth, from, isReached }) => {
        const own = problems.filter(({ operationId }) => operationId === operation.id);
        const before = from && find(graph, from.id);
        return (
          <li key={operation.id} style={{ marginInlineStart: Math.min(depth, 5) * 14 }}>
            <UnstyledButton
              className={classes.row}
              aria-current={selected === operation.id || undefined}
              data-lit={lit.has(operation.id) || undefined}
              onClick={() => onSelect(operation.id)}
            >
              <Text size="xs" c="dimmed" className="break">
                {before && from
                  ? t('scenarios.outline.from', {
                      exit: catalogue.exitTitle(before.type, from.exit),
                      name: catalogue.nameOf(before),
                    })
                  : t(isReached ? 'scenarios.canvas.start' : 'scenarios.outline.unreached')}
              </Text>
              <Text size="sm" fw={600} className="break">
                {catalogue.nameOf(operation)}
              </Text>
              {own.length > 0 && (
                <Badge size="sm" color={own.some(({ isWarning }) => !isWarning) ? 'red' : 'orange'}>
                  {t('scenarios.canvas.problems', { count: own.length })}
                </Badge>
              )}
            </UnstyledButton>
          </li>
        );
      })}
    </Stack>
  );
}
