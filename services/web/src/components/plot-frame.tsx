import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

/**
 * Holds one uPlot: made anew when `options` change, given new data when only they change, and as
 * wide as the space it has. `options` and `data` must be memoised by the caller.
 */
export function PlotFrame(props: {
  readonly options: Omit<uPlot.Options, 'width' | 'height'>;
  readonly data: uPlot.AlignedData;
  readonly height: number;
  readonly onPick?: (index: number) => void;
}) {
  const { options, data, height } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const pick = useRef(props.onPick);
  pick.current = props.onPick;
  const drawn = useRef(data);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = new uPlot({ ...options, width: element.clientWidth, height }, data, element);
    plot.current = made;
    drawn.current = data;
    made.over.addEventListener('click', (event) => {
      // Positions are relative to the plotting area, which is what `over` covers.
      pick.current?.(made.posToIdx(event.offsetX));
    });
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== made.width) {
        made.setSize({ width: element.clientWidth, height });
      }
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [options, height]);

  useEffect(() => {
    if (drawn.current === data) return;
    drawn.current = data;
    plot.current?.setData(data);
  }, [data]);

  return <div class="plot" ref={host} />;
}
