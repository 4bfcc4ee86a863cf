import '@tabler/core/dist/css/tabler.min.css';
import './fonts.css';
import './styles/index.css';
