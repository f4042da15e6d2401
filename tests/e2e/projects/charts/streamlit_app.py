from pathlib import Path

import pandas as pd
import streamlit as st

from harvest import totals

st.set_page_config(page_title="Harvest")
st.title("Harvest")

table = pd.read_csv(Path(__file__).parent / "harvest.csv")
kinds = st.multiselect("Fruit", sorted(table["fruit"].unique()), default=["apple"])
st.bar_chart(totals(table, kinds), x="year", y="tons")
