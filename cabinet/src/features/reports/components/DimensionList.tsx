import { ActionIcon, Button, Group, Popover, TextInput, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import { grouped } from '../grouped';
import { moved } from '../moved';
import { shownDimensions } from '../request';
import { maxDimensions } from '../state';
import classes from './DimensionList.module.css';

/** The dimensions of a table, outermost first: dragged, or moved by buttons. */
export function DimensionList() {
  const { t } = useTranslation();
  const words = useReportWords();
  const { state, catalog, change } = useReportPage();
  const [dragged, setDragged] = useState<number>();
  const [said, setSaid] = useState('');
  const shown = shownDimensions(state, catalog);
  const move = (from: number, to: number) => {
    change({ dims: moved(shown, from, to) });
    const name = words.dimension(shown[from] ?? '');
    setSaid(t('reports.dims.moved', { name, place: to + 1, count: shown.length }));
  };
  return (
    <Group gap={6} align="center">
      <span className={classes.label} id="report-dimensions">
        {t('reports.toolbar.dimensions')}
      </span>
      <ol className={classes.list} aria-labelledby="report-dimensions">
        {shown.map((id, index) => {
          const name = words.dimension(id);
          return (
            <li
              key={id}
              className={classes.chip}
              data-dragged={dragged === index || undefined}
              draggable={shown.length > 1}
              onDragStart={() => setDragged(index)}
              onDragEnd={() => setDragged(undefined)}
              onDragOver={(event) => event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault();
                if (dragged !== undefined && dragged !== index) {
                  move(dragged, index);
                }
                setDragged(undefined);
              }}
            >
              {index > 0 && (
                <ChipButton
                  label={t('reports.dims.earlier', { name })}
                  onClick={() => move(index, index - 1)}
                  icon={IconChevronLeft}
                />
              )}
              <span className={classes.name}>{name}</span>
              {index < shown.length - 1 && (
                <ChipButton
                  label={t('reports.dims.later', { name })}
                  onClick={() => move(index, index + 1)}
                  icon={IconChevronRight}
                />
              )}
              {shown.length > 1 && (
                <ChipButton
                  label={t('reports.dims.remove', { name })}
                  onClick={() => change({ dims: shown.filter((other) => other !== id) })}
                  icon={IconX}
                />
              )}
            </li>
          );
        })}
      </ol>
      {shown.length < maxDimensions && (
        <DimensionMenu taken={shown} onAdd={(id) => change({ dims: [...shown, id] })} />
      )}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </Group>
  );
}

interface ChipButtonProps {
  label: string;
  onClick: () => void;
  icon: typeof IconX;
}

function ChipButton({ label, onClick, icon: Picture }: ChipButtonProps) {
  return (
    <ActionIcon size={24} variant="subtle" color="gray" aria-label={label} title={label} onClick={onClick}>
      <Picture size={14} aria-hidden />
    </ActionIcon>
  );
}

function DimensionMenu({ taken, onAdd }: { taken: string[]; onAdd: (id: string) => void }) {
  const { t } = useTranslation();
  const words = useReportWords();
  const { catalog } = useReportPage();
  const [opened, setOpened] = useState(false);
  const [search, setSearch] = useState('');
  const matches = catalog.dimensions.filter(
    ({ id }) =>
      !taken.includes(id) && words.dimension(id).toLowerCase().includes(search.trim().toLowerCase()),
  );
  const add = (id: string) => {
    setOpened(false);
    setSearch('');
    onAdd(id);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={260} trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => setOpened((now) => !now)}
        >
          {t('reports.toolbar.addDimension')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu} aria-label={t('reports.toolbar.addDimension')}>
        <TextInput
          type="search"
          size="xs"
          mb={6}
          data-autofocus
          aria-label={t('reports.dims.search')}
          placeholder={t('reports.dims.search')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {grouped(matches, ({ group }) => group).map(([group, dimensions]) => (
          <section key={group}>
            <p className={classes.group}>{words.dimensionGroup(group)}</p>
            <ul className={classes.options}>
              {dimensions.map(({ id }) => (
                <li key={id}>
                  <UnstyledButton className={classes.option} onClick={() => add(id)}>
                    {words.dimension(id)}
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
