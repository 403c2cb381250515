import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScenarioProblemFieldsFragment } from '@/graphql/generated/graphql';
import type { Edit, Graph } from '../graph';
import type { Catalogue } from '../hooks/useCatalogue';
import { type Box, boxesOf, curve, extentOf, linesOf, sizes } from '../layout';
import classes from './Canvas.module.css';

interface CanvasProps {
  graph: Graph;
  catalogue: Catalogue;
  problems: readonly ScenarioProblemFieldsFragment[];
  selected: string | undefined;
  /** Operations a rehearsal went through, and the exits they were left by. */
  lit: ReadonlyMap<string, string>;
  canChange: boolean;
  onSelect: (id: string) => void;
  edit: (edit: Edit) => void;
}

/** Something that is being dragged. */
type Drag =
  | { kind: 'box'; id: string; dx: number; dy: number }
  | { kind: 'line'; id: string; exit: string; x1: number; y1: number; x2: number; y2: number };

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [-sizes.step, 0],
  ArrowRight: [sizes.step, 0],
  ArrowUp: [0, -sizes.step],
  ArrowDown: [0, sizes.step],
};

/** A scenario as boxes and lines: boxes are moved by mouse, touch and arrow keys, lines are pulled from an exit's end to another box. */
export function Canvas(props: CanvasProps) {
  const { graph, catalogue, problems, selected, lit, canChange, onSelect, edit } = props;
  const { t } = useTranslation();
  const plane = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag>();
  const boxes = useMemo(() => boxesOf(graph, catalogue.specOf), [graph, catalogue]);
  const lines = useMemo(() => linesOf(boxes), [boxes]);
  const { width, height } = extentOf(boxes);

  const at = (event: PointerEvent) => {
    const frame = plane.current?.getBoundingClientRect();
    return { x: event.clientX - (frame?.left ?? 0), y: event.clientY - (frame?.top ?? 0) };
  };
  const grab = (event: PointerEvent, box: Box) => {
    onSelect(box.operation.id);
    if (canChange && event.button === 0) {
      const { x, y } = at(event);
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ kind: 'box', id: box.operation.id, dx: x - box.x, dy: y - box.y });
    }
  };
  const pull = (event: PointerEvent, box: Box, exit: string, y: number) => {
    if (canChange && event.button === 0) {
      event.currentTarget.setPointerCapture(event.pointerId);
      const x = box.x + sizes.width;
      setDrag({ kind: 'line', id: box.operation.id, exit, x1: x, y1: y, x2: x, y2: y });
    }
  };
  const drop = (event: PointerEvent) => {
    if (drag?.kind === 'line') {
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const to = under?.closest<HTMLElement>('[data-operation]')?.dataset.operation;
      // Dropped on nothing, the exit ends the call.
      edit({ type: 'lead', id: drag.id, exit: drag.exit, to: to ?? '' });
    }
    setDrag(undefined);
  };
  const follow = (event: PointerEvent) => {
    const { x, y } = at(event);
    if (drag?.kind === 'box') {
      edit({ type: 'move', id: drag.id, x: x - drag.dx, y: y - drag.dy });
    } else if (drag) {
      setDrag({ ...drag, x2: x, y2: y });
    }
  };
  const press = (event: KeyboardEvent, { operation, x, y }: Box) => {
    const by = arrows[event.key];
    if (canChange && by) {
      event.preventDefault();
      edit({ type: 'move', id: operation.id, x: x + by[0], y: y + by[1] });
    } else if (canChange && event.key === 'Delete') {
      edit({ type: 'remove', id: operation.id });
    }
  };

  return (
    <div className={classes.area} role="region" aria-label={t('scenarios.canvas.label')} tabIndex={0}>
      <div
        ref={plane}
        className={classes.plane}
        style={{ width, height }}
        onPointerMove={drag && follow}
        onPointerUp={drag && drop}
        onPointerCancel={() => setDrag(undefined)}
      >
        <svg className={classes.lines} width={width} height={height} aria-hidden>
          <defs>
            <marker
              id="line-tip"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="6"
              markerHeight="6"
              orient="auto"
            >
              <path d="M0 0 L8 4 L0 8 Z" className={classes.tip} />
            </marker>
          </defs>
          {lines.map(({ from, exit, path }) => (
            <path
              key={`${from} ${exit}`}
              d={path}
              className={classes.line}
              data-lit={lit.get(from) === exit || undefined}
              markerEnd="url(#line-tip)"
            />
          ))}
          {drag?.kind === 'line' && (
            <path d={curve(drag.x1, drag.y1, drag.x2, drag.y2)} className={classes.line} data-lit />
          )}
        </svg>
        {boxes.map((box) => {
          const { operation } = box;
          const own = problems.filter(({ operationId }) => operationId === operation.id);
          const isStart = graph.start === operation.id;
          const name = catalogue.nameOf(operation);
          const about = [
            isStart && t('scenarios.canvas.start'),
            operation.title.trim() && catalogue.typeTitle(operation.type),
            own.length > 0 && t('scenarios.canvas.problems', { count: own.length }),
          ].filter(Boolean);
          return (
            <div
              key={operation.id}
              className={classes.box}
              style={{ left: box.x, top: box.y, width: sizes.width, height: box.height }}
              data-operation={operation.id}
              data-current={selected === operation.id || undefined}
              data-lit={lit.has(operation.id) || undefined}
              data-fault={own.some(({ isWarning }) => !isWarning) || undefined}
              data-warned={own.length > 0 || undefined}
            >
              <button
                type="button"
                className={classes.head}
                aria-pressed={selected === operation.id}
                aria-describedby={canChange ? 'canvas-keys' : undefined}
                onPointerDown={(event) => grab(event, box)}
                onClick={() => onSelect(operation.id)}
                onKeyDown={(event) => press(event, box)}
              >
                <span className={classes.name}>{name}</span>
                <span className={classes.about}>
                  {about.join(' · ') || catalogue.summary(operation.type)}
                </span>
              </button>
              <ul className={classes.exits}>
                {box.rows.map(({ name: exit, to, y }) => (
                  <li key={exit} className={classes.exit}>
                    <span className={classes.exitName}>{catalogue.exitTitle(operation.type, exit)}</span>
                    <span
                      className={classes.dot}
                      data-led={to !== '' || undefined}
                      aria-hidden
                      onPointerDown={(event) => pull(event, box, exit, y)}
                    />
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </div>
    </div>
  );
}
