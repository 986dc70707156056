import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/page.css';
import './styles/detail.css';
import { createApiClient } from './api/client.ts';
import { App } from './components/app.tsx';

const root = document.getElementById('page');
const namespace = new URLSearchParams(location.search).get('namespace') ?? 'default';
if (root !== null) render(<App client={createApiClient({ namespace })} />, root);
