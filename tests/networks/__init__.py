"""Bad networks: the product, a real coturn and real Chromium in network namespaces of their own."""
