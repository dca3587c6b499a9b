"""The page Anomalies."""
