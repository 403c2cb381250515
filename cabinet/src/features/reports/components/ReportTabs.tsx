import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useReportPage } from '../hooks/useReportPage';

interface ReportTabsProps {
  label: string;
  /** The parts, the one shown first on top. */
  tabs: { id: string; label: string; content: () => ReactNode }[];
}

/** Parts of a report page; the open one stands in the address. */
export function ReportTabs({ label, tabs }: ReportTabsProps) {
  const { state, change } = useReportPage();
  const first = tabs[0]?.id ?? '';
  const open = tabs.some(({ id }) => id === state.tab) ? (state.tab ?? first) : first;
  return (
    <Tabs
      value={open}
      onChange={(tab) => change({ tab: tab === first ? undefined : (tab ?? undefined), sort: undefined })}
      keepMounted={false}
    >
      <Tabs.List aria-label={label} mb="md">
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.id} value={tab.id}>
            {tab.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.id} value={tab.id}>
          {tab.id === open && tab.content()}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
