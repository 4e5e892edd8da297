"""Words on packs, banners and plates in several languages."""

from __future__ import annotations

# fmt: off
NET_WEIGHT = (
    "NET WT {}", "NET WT. {}", "Net Wt. {}", "NET WEIGHT {}", "Net weight: {}", "Net Weight {}", "NET WT: {}", "{}",
    "{}", "{}", "{}", "{} e", "{} ℮", "Poids net : {}", "POIDS NET {}", "Nettogewicht: {}", "Füllmenge: {}",
    "Inhalt: {}", "Peso neto {}", "PESO NETO: {}", "Contenido neto {}", "Peso netto {}", "Peso Líquido {}",
    "Net Ağırlık {}", "NET: {}", "Masa netto: {}", "Nettovikt {}", "Nettogewicht {} e", "Netto {}", "Gewicht: {}",
    "Weight: {}", "Net Qty: {}", "NET QUANTITY: {}", "Net content: {}",
)
NET_VOLUME = (
    "{}", "{}", "{}", "{}", "{} e", "{} ℮", "Net {}", "Inhalt {}", "Contenu {}", "Contenido: {}", "CONTENTS {}",
    "Net Vol. {}", "Volume: {}", "Contenuto {}", "Hacim {}", "Pojemność {}", "Net content: {}", "Net Contents: {}",
)
BRANDS = (
    "Alvora", "NORDLEAF", "Kestrel", "BioVita", "Terra & Co", "Lumina", "PURE ROOT", "Maravel", "Hofgarten",
    "Casa Verde", "Orbix", "Solenne", "FITPEAK", "Grandma Lou", "Zenith", "Ardent", "Velmora", "Primal", "Nutrisol",
    "AquaBelle", "DR. LINDEN", "Everglow", "Tundra", "Mondo",
)
FOODS = (
    "Green Tea", "Ground Coffee", "Almonds", "Dark Chocolate", "Oat Cookies", "Chia Seeds", "Basmati Rice",
    "Cumin Powder", "Protein Bar", "Granola", "Raspberry Jam", "Honey", "Sea Salt", "Pasta", "Earl Grey",
    "Fruchtgummi", "Mandeln", "Pfefferminztee", "Café moulu", "Biscuits", "Galletas", "Cacao puro", "Riso Arborio",
    "Zucchero", "Salted Peanuts", "Cat Food", "Dog Treats", "Bird Seed", "Washing Powder", "Bath Salt",
    "Whey Protein", "Creatine", "Mass Gainer", "Collagen Peptides", "Hibiscus", "Turmeric", "Popcorn",
    "Kürbiskerne", "Amandes grillées",
)
SPORT_FOODS = (
    "Energy Gel", "Protein Powder", "Whey Isolate", "Recovery Shake", "Energy Bar", "Protein Crisps", "Pre-Workout",
    "Meal Shake", "Vegan Protein", "Electrolyte Mix", "Protein Cookies", "Creatine", "Mass Gainer", "Iso Gel",
    "Protein Granola", "Hydration Powder",
)
LIQUIDS = (
    "Shampoo", "Body Lotion", "Olive Oil", "Hand Soap", "Lemon Juice", "Face Serum", "Conditioner", "Argan Oil",
    "Shower Gel", "Engine Oil", "Eau de Toilette", "Vinegar", "Apple Juice", "Maple Syrup", "Hair Mask",
    "Massage Oil", "Duschgel", "Gel douche", "Aceite de oliva", "Glass Cleaner", "Fabric Softener", "Tincture",
    "Mullein Leaf", "Cold Brew", "Sunscreen", "Micellar Water", "Nail Polish", "Wood Glue",
)
PILLS = (
    "Vitamin C", "Vitamin D3", "Magnesium", "Ashwagandha", "Omega-3", "Psyllium Husk", "Zinc", "Biotin",
    "L-Theanine", "Turmeric Curcumin", "Coenzyme Q10", "Melatonin", "Iron", "Glucosamine", "Milk Thistle",
    "Rhodiola", "Berberine", "Calcium", "MSM", "Taurine", "Saffron",
)
FLAVOURS = (
    "Vanilla", "Strawberry", "Original", "Chocolate Flavour", "Lemon & Ginger", "Classic", "Mild", "Extra Strong",
    "Unscented", "Lavender", "Saveur Citron", "Geschmack Erdbeere", "Sabor Limón", "Coconut", "Salted Caramel",
    "Mango", "Aloe Vera", "Peppermint",
)
CLAIMS = (
    "100% Natural", "No Added Sugar", "Gluten Free", "VEGAN", "ORGANIC", "Non-GMO", "Premium Quality", "0% Fat",
    "Made in Italy", "Bio", "Dermatologically tested", "Sans conservateurs", "Ohne Zusätze", "Sin azúcar",
    "Rich in fibre", "Family Pack", "NEW", "With 12 vitamins", "30% MORE FREE", "2X Strength",
    "Best before 12/2026", "Lot 482910", "Keto Friendly", "5 Star Quality", "24h moisture", "Since 1983", "pH 5.5",
    "SPF 50+", "20g protein per serving", "120 kcal per 100 g", "per 100 ml: 45 kcal", "30 servings", "Serves 4",
    "High in Iron",
)
COUNTS = (
    "{n} Capsules", "{n} capsules", "{n} TABLETS", "{n} Tabletten", "{n} Kapseln", "{n} gélules", "{n} cápsulas",
    "{n} Softgels", "{n} Vegan Capsules", "{n} ct", "{n} Count", "{n} pcs", "{n} Tea Bags", "{n} sachets",
    "{n} Servings", "{n} Stück", "{n} adet",
)
LOADS = (
    "Holds up to {}", "MAX LOAD {}", "Max. {}", "Max {}", "Load Capacity : {}", "Weight Capacity: {}",
    "Weight Capacity {}", "WEIGHT CAPACITY\n{}", "{}\nLoad Capacity", "{}\nWeight Capacity", "{} Max Load",
    "Supports up to {}", "Belastbar bis {}", "Max. Belastung {}", "Tragkraft {}", "Charge max. {}",
    "Supporte jusqu'à {}", "Carga máxima {}", "Carico massimo {}", "Soporta hasta {}", "Portata {}", "Udźwig {}",
    "Maximum load: {}", "Maximum Weight {}", "User weight up to {}", "Load-bearing {}", "Bearing weight {}",
    "Capacité {}", "Rated Load: {}", "{} capacity", "Strong & stable: {}", "Max User Weight\n{}", "Maximum Load\n{}",
    "HEAVY DUTY {}", "Peso máximo {}",
)
FEATURES = (
    "Waterproof", "Easy to Clean", "Non-Slip", "Foldable", "Adjustable Height", "Easy Assembly", "2 Years Warranty",
    "BPA Free", "Eco Friendly", "Quick Charge", "Low Noise", "LED Display", "Remote Control", "IP65", "IP44",
    "360° Rotation", "Portable", "Rust Proof", "Soft Touch", "3 Modes", "Safe & Reliable", "High Quality",
    "Premium Material", "Long Lasting", "Auto Shut-Off", "Dishwasher Safe", "Energy Saving", "Lightweight",
    "Stainless Steel", "Breathable", "Anti-Scratch", "24h Support", "10 Hours", "5-Year Guarantee", "Up to 35 km",
    "Bluetooth 5.3",
)
HEADLINES = (
    "Strong and Durable", "Designed for You", "Sturdy Construction", "Powerful Performance", "Upgrade Your Home",
    "Why Choose Us?", "More Details", "Heavy Duty Steel", "Package Contents", "Stabil und sicher",
    "Puissant et rapide", "Alta calidad", "Product Information", "Perfect Gift", "Easy to Use", "Fast & Efficient",
    "Comfort All Day", "Built to Last", "Smart Design", "Great for Travel", "Advantages", "Multi-Purpose",
    "Safe for Kids",
)
# fmt: on
